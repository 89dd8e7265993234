// The pipeline of every service call: the one list of stages, with the reason for each position.
#pragma once

#include <memory>

#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/work_pool.hpp"
#include "gateway/stages/dispatch.hpp"
#include "gateway/stages/replay.hpp"
#include "security/journal/journal.hpp"

namespace hutong::gateway {

struct PipelineParts {
    asio::thread_pool& heavy;  // for messages that would hold up a data thread
    WorkPool& trees;           // for those that are read as a tree
    security::Journal& journal;
    std::shared_ptr<ReplayWindow> replay;
    registry::ReplayKeys* shared_replay;  // may be null
    ClientOf client_of;
};

Pipeline default_pipeline(PipelineParts parts);

}  // namespace hutong::gateway
