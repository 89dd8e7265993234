// The reasons for which a message may be refused, and which of them stock xmlsec1 must share.
//
// A reason that is on no list is a finding: either it is new, or it is not what it seems. One thread.
#pragma once

#include <string_view>

namespace hutong::test {

enum class Whose {
    nobody,  // on no list
    ours,    // of position, form, policy, time, token or text: stock xmlsec1 does not ask
    stocks   // of a digest or a signature value: stock xmlsec1 must find it too
};

// Of the officer's reason, or of an error that says why a text is no envelope. Counts them.
Whose whose_refusal(std::string_view reason);

// How often each was given.
void print_refusals();

}  // namespace hutong::test
