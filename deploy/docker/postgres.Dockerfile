# PostgreSQL 15 with the settings and roles of deploy/postgres.sh, from Debian's packages.
FROM debian:bookworm-slim
# the account before its package, so that its number is that of the other image's
RUN groupadd --gid 7700 postgres \
	&& useradd --uid 7700 --gid postgres --no-create-home --home-dir /var/lib/postgresql \
		--shell /bin/bash postgres \
	&& mkdir /etc/postgresql-common \
	&& echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf \
	&& apt-get update -q \
	&& DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql-15 \
	&& rm -rf /var/lib/apt/lists/* \
	&& install -d -o postgres -g postgres -m 700 /var/lib/lifeguard /srv/lifeguard/pass
COPY deploy/postgres.sh deploy/roles.sql /usr/lib/lifeguard/deploy/
COPY deploy/docker/db.sh /usr/lib/lifeguard/deploy/docker/
RUN chmod -R a+rX /usr/lib/lifeguard
USER postgres
# PostgreSQL's own words: end every session and stop in order
STOPSIGNAL SIGINT
ENTRYPOINT ["/usr/lib/lifeguard/deploy/docker/db.sh"]
