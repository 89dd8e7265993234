// A signed message as the generator takes hold of it: its text, and the elements that the families move.
//
// Refers to the text it was read from, which has to outlive it. Throws std::runtime_error when the message is
// no envelope with a signature in its Security header.
#pragma once

#include <memory>
#include <string>

#include "tests/attack/xsw/markup.hpp"

namespace hutong::attack {

struct SignedEnvelope {
    explicit SignedEnvelope(const std::string& message);

    // The name of an element of the envelope's own namespace, with the prefix it uses.
    std::string tag(const std::string& local) const {
        return root->prefix.empty() ? local : root->prefix + ":" + local;
    }

    const std::string& text;
    std::unique_ptr<Markup> root;
    const Markup* header;
    const Markup* body;
    const Markup* security;
    const Markup* signature;  // the first
};

const Markup::Attribute* id_of(const Markup& element);  // nullptr: none

}  // namespace hutong::attack
