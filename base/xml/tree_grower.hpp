// Makes a tree of what a PushParser tells. Not for other rooms.
//
// The tree is the one that libxml2's own parser makes of the same text, but that only elements have a line:
// CDATA sections are nodes, comments and processing instructions too. It owns the tree until take(). One
// thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <libxml/tree.h>

#include "base/xml/push_parser.hpp"

namespace hutong::xml {

class TreeGrower {
  public:
    TreeGrower();

    void start(const StartTag& tag, int line);
    void end();
    void text(std::string_view text, bool cdata);
    void comment(const std::string& text);
    void instruction(const std::string& target, const std::string& data);
    Document take();

  private:
    enum class Pending { none, text, cdata };
    struct Binding {
        const char* prefix;
        xmlNsPtr ns;
    };
    void plant_text();
    void plant(xmlNodePtr node);
    xmlNsPtr bound(std::string_view prefix);

    Document document_;
    xmlNodePtr open_{nullptr};
    Pending pending_{Pending::none};
    std::string text_;  // one run may come in many pieces
    std::vector<Binding> bindings_;
    std::vector<std::size_t> bindings_before_;  // of each open element
};

}  // namespace hutong::xml
