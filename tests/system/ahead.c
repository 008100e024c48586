/* SPDX-License-Identifier: GPL-3.0-or-later
 * LD_PRELOAD: the time of day is VANTHU_TEST_AHEAD seconds ahead, for what falls due after hours. Waits go by the monotonic
 * clock, which stays. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec*);
static time_t ahead;

__attribute__((constructor)) static void begin(void) {
  const char* seconds = getenv("VANTHU_TEST_AHEAD");
  ahead = seconds ? atol(seconds) : 0;
  real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t clock, struct timespec* at) {
  if (!real) begin();
  const int code = real(clock, at);
  if (code == 0 && clock == CLOCK_REALTIME) at->tv_sec += ahead;
  return code;
}
