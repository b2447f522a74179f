// For tests of what a lack of memory comes to.
#include "unit/session/allocation_failure.cpp"
