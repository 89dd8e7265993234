// A service that this program answers itself, in the place where other calls go to a backend.
//
// It stands at the end of the same pipeline: who calls has been verified and granted the operation, the
// message fits the contract unless validation is off for the service, and the request is in the journal. One
// object for the process, used by all data threads at once; work that takes long belongs on a pool of its
// own.
#pragma once

#include <string_view>

#include "gateway/pipeline/exchange.hpp"

namespace hutong::gateway {

class LocalService {
  public:
    virtual ~LocalService() = default;

    // Puts the envelope of the answer and its content type into exchange.reply; or says why there is none.
    virtual Awaitable<std::optional<Refusal>> answer(Exchange& exchange) = 0;

    // Whether messages of this operation hold what no journal may keep, not even as a digest to be guessed
    // at.
    virtual bool confidential(std::string_view operation) const = 0;
};

}  // namespace hutong::gateway
