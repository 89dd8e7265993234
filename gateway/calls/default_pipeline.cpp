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

namespace hutong::gateway {

// The request goes down this list, the response up it. While "read" reads, at_header() and at_operation() of
// all go down it too, so that their order is that of this list as well.
Pipeline default_pipeline(PipelineParts parts) {
    std::vector<std::unique_ptr<Stage>> stages;
    const auto add = [&]<class S>(std::unique_ptr<S> stage) { stages.push_back(std::move(stage)); };
    add(std::make_unique<LimitsStage>());  // costs nothing, so it protects all the rest
    add(std::make_unique<RouteStage>());   // by headers alone: an unknown service reads no body
    // One pass over what comes in; nothing in the message is believed before it has been verified there.
    add(std::make_unique<ReadMessageStage>(parts.heavy, parts.trees));
    add(std::make_unique<AuthenticateStage>());  // at the header: whose key it was
    add(std::make_unique<AuthoriseStage>());     // at the header and the operation: may they
    add(std::make_unique<ReplayStage>(parts.replay,
                                      parts.shared_replay));  // an entry only for messages that were believed
    add(std::make_unique<ThrottleStage>());  // per consumer, so once it is known; a replay uses nothing up
    add(std::make_unique<ValidateStage>());  // costly, so for known callers only
    add(std::make_unique<EncryptStage>());   // down: somebody to encrypt for; up: after evidence in the clear
    add(std::make_unique<JournalStage>(
        parts.journal));                 // down: on disk before it goes on; up: what really leaves
    add(std::make_unique<SignStage>());  // up: after the last change to the message
    add(std::make_unique<TransformStage>(parts.heavy));  // down: after evidence of what was received
    add(std::make_unique<DispatchStage>(std::move(parts.client_of), parts.heavy));
    return Pipeline(std::move(stages));
}

}  // namespace hutong::gateway
