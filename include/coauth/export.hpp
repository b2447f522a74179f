// Marks what a shared build of coauth exports; everything else is built with hidden visibility.
#pragma once

#if defined(__GNUC__) || defined(__clang__)
#define COAUTH_DECL __attribute__((visibility("default")))
#else
#define COAUTH_DECL
#endif
