#include "gateway/calls/default_pipeline.hpp"

#include "gateway/stages/authenticate.hpp"
#include "gateway/stages/authorise.hpp"
#include "gateway/stages/encrypt_reply.hpp"
#include "gateway/stages/journal_calls.hpp"
#include "gateway/stages/limits.hpp"
#include "gateway/stages/read_message.hpp"
#include "gateway/stages/route.hpp"
#include "gateway/stages/sign_reply.hpp"
#include "gateway/stages/throttle.hpp"
#include "gateway/stages/transform.hpp"
#include "gateway/stages/validate.hpp"
#include "gateway/stages/verify.hpp"

namespace hutong::gateway {

// The request goes down this list, the response up it.
Pipeline default_pipeline(PipelineParts parts) {
    std::vector<std::unique_ptr<Stage>> stages;
    const auto add = [&]<class S>(std::unique_ptr<S> stage) { stages.push_back(std::move(stage)); };
    add(std::make_unique<LimitsStage>());               // costs nothing, so it protects all the rest
    add(std::make_unique<RouteStage>());                // by headers alone: an unknown service reads no body
    add(std::make_unique<ReadMessageStage>());          // one envelope, in one encoding, at one place
    add(std::make_unique<VerifyStage>(parts.heavy));    // nothing in the message is believed before this
    add(std::make_unique<AuthenticateStage>());         // whose key it was
    add(std::make_unique<AuthoriseStage>());            // may they: operation from the verified Body
    add(std::make_unique<ThrottleStage>());             // per consumer, so only once the consumer is known
    add(std::make_unique<ReplayStage>(parts.replay));   // an entry only for messages that were believed
    add(std::make_unique<ValidateStage>(parts.heavy));  // costly, so for known callers only
    add(std::make_unique<EncryptStage>());  // down: somebody to encrypt for; up: after evidence in the clear
    add(std::make_unique<JournalStage>(
        parts.journal));                      // down: on disk before it goes on; up: what really leaves
    add(std::make_unique<SignStage>());       // up: after the last change to the message
    add(std::make_unique<TransformStage>());  // down: after evidence of what was received
    add(std::make_unique<DispatchStage>(std::move(parts.client_of)));
    return Pipeline(std::move(stages));
}

}  // namespace hutong::gateway
