/* What runs a service: start, serve, drain, stop. */
#ifndef LG_RUN_SERVICE_H
#define LG_RUN_SERVICE_H

#include "common/run/handler.h"

/*
 * main of every service with a store: hardens the process, reads configuration and keys,
 * connects to PostgreSQL and the bus, serves until SIGTERM or SIGINT, drains and stops.
 *
 *   --config FILE --keys FOLDER --bus ADDRESS --database CONNINFO --health ADDRESS --data FOLDER
 *   --check-config   says what is wrong, or nothing
 *   --migrate        brings the schema up to date (CONNINFO of the migrator) and ends
 *   --states         prints the life cycles as Markdown
 *   --statements     prints every statement
 *
 *   returns  0; 1 failed; 2 wrong use
 */
int lg_run(int argc, char **argv, const struct lg_service *service);

#endif
