// The version of coauth, for the preprocessor and for readers. CMake reads it from here.
#pragma once

#define COAUTH_VERSION_MAJOR 1
#define COAUTH_VERSION_MINOR 0
#define COAUTH_VERSION_PATCH 0
#define COAUTH_VERSION_STRING "1.0.0"
