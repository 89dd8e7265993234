// Which WS-Policy expressions a contract attaches, as far as messages change by them: MTOM.
//
// WS-Policy 1.2 and 1.5 attachments by element and by reference. Views into a Closure, which must outlive it.
#pragma once

#include <set>
#include <string>

#include "wsdl/model/closure.hpp"

namespace hutong::wsdl {

class PolicyIndex {
  public:
    explicit PolicyIndex(const Closure& closure);
    bool any() const { return any_; }              // a policy or a reference to one stands somewhere
    bool asks_for_mtom(xml::Element scope) const;  // by what is attached to `scope` or to anything in it

  private:
    bool any_{false};
    std::set<std::string> mtom_ids_;  // of policies that hold an MTOM assertion
};

}  // namespace hutong::wsdl
