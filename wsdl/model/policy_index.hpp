// Which WS-Policy expressions a contract attaches, and whether MTOM is among what they ask.
//
// WS-Policy 1.2 and 1.5 attachments by element and by reference. Views into a Closure, which must outlive it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "wsdl/model/closure.hpp"

namespace hutong::wsdl {

class PolicyIndex {
  public:
    explicit PolicyIndex(const Closure& closure);
    bool any() const { return any_; }              // a policy or a reference to one stands somewhere
    bool asks_for_mtom(xml::Element scope) const;  // by what is attached to `scope` or to anything in it

    std::vector<AttachedPolicy> attached() const;  // in document order, each expression once for a scope

  private:
    // A policy by the ways it can be referred to: "#id" in its own file, or its Name.
    std::map<std::pair<const SourceFile*, std::string>, Node> by_reference_;
    std::vector<Node> definitions_;
    friend class AttachmentWalk;

    bool any_{false};
    std::set<std::string> mtom_ids_;  // of policies that hold an MTOM assertion
};

}  // namespace hutong::wsdl
