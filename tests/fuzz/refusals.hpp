// The rules by which a message may be refused although stock xmlsec1 finds its signature good.
//
// A rule goes by a part of the officer's reason and has a predicate on the message, evaluated on a plain
// libxml2 tree that shares no code with the gateway (message_facts.hpp): where it does not hold, the refusal
// is a finding, and so is a reason that no rule knows. One thread.
#pragma once

#include <string>
#include <string_view>

#include "tests/fuzz/message_facts.hpp"

namespace hutong::test {

// Whether the reason holds of this message, all as stock xmlsec1 sees it. Counts them. Else what is wrong.
std::string check_refusal_reason(std::string_view reason, const FuzzMessage& message,
                                 const StockVerdict& stock);

// How often each rule was used, and how often its predicate had to hold.
void print_refusals();

}  // namespace hutong::test
