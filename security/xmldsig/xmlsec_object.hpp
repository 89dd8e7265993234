// State of our own behind the struct that xmlsec1 makes for an object of a class we registered.
//
// xmlsec1 allocates object_bytes<State, Object> at once and knows its own struct at the front; the class's
// initialize and finalize construct and destroy what lies behind it.
#pragma once

#include <cstddef>

namespace hutong::security {

template <class State, class Object>
inline constexpr std::size_t object_bytes = sizeof(Object) + sizeof(State);

template <class State, class Object>
State& state_behind(Object* object) {
    static_assert(sizeof(Object) % alignof(State) == 0);
    return *reinterpret_cast<State*>(reinterpret_cast<char*>(object) + sizeof(Object));
}

}  // namespace hutong::security
