// Events that nobody listens to, for tests to override some of.
#pragma once

#include "base/xml/push_parser.hpp"

namespace hutong::test {

struct Silent : xml::ParserEvents {
    virtual ~Silent() = default;
    void start(const xml::StartTag&) override {}
    void end(unsigned) override {}
    void text(std::string_view, bool) override {}
    void comment() override {}
    void instruction() override {}
};

}  // namespace hutong::test
