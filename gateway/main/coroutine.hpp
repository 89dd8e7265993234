// The coroutine tools of base, under the name that this room's files know.
#pragma once

#include "base/coroutine.hpp"
