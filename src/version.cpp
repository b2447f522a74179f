#include <coauth/version.hpp>
