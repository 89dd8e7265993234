// The messages of the benchmark: three fixed shapes of Body, signed with RSA-2048 or P-256.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::bench {

struct Message {
    std::string shape;  // elements | ascii | chinese
    std::size_t kilobytes;
    std::string key;  // rsa | p256
    std::string text;
    std::string name() const { return shape + " " + std::to_string(kilobytes) + " KB " + key; }
};

// About `bytes` of content below Body's first child.
std::string body_of(const std::string& shape, std::size_t bytes);
std::string signed_message(const std::string& body, const test::Identity& signer);

}  // namespace hutong::bench
