# The demo site at the crossing Sunauli, India.  Read by deploy/site.sh.
number=1 country=IN first_port=7717
connects= # it is connected to
stations="BNB GPT JGB KHN PNT RPD RXL SNL THB" # whose forms in deploy/sample are this site's
