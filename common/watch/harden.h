/*
 * What a process gives up before it reads its first key.
 *
 * No core file and no debugger of the same user (memory holds keys and, in three services,
 * names); no new rights by a set-uid program; files that it makes are its own.  LeakSanitizer
 * still works with it.
 */
#ifndef LG_WATCH_HARDEN_H
#define LG_WATCH_HARDEN_H

/*
 * Called first in main.  Aborts when the kernel refuses: a service that cannot keep its memory to
 * itself does not start.
 *
 *   effects  RLIMIT_CORE 0 (soft and hard), PR_SET_DUMPABLE 0, no_new_privs, umask 077, SIGPIPE
 *            ignored (a peer that hangs up is an error of a write, not a death)
 */
void lg_harden(void);

/*
 * For what carries load: memory that is given back stays with the process, up to 16 MiB.  By default the C
 * library hands it to the system and asks for as much again; fresh pages were a tenth of a busy service's
 * time.
 */
void lg_keep_memory(void);

#endif
