// Finds out where the journal ended when it was last written, and makes it ready to be written again.
//
// Only what is known never to have been acknowledged is moved away, and then into quarantine; nothing is
// deleted.
#pragma once

#include "security/journal/segment_writer.hpp"

namespace hutong::security::journal {

struct Recovered {
    SegmentWriter writer;
    std::string quarantined;  // the file that holds the torn tail; empty: there was none
};

// The caller holds the journal's lock. Errors: conflict (another node's journal), corrupt, unavailable.
Result<Recovered> recover(const std::filesystem::path& folder, const std::string& node);

}  // namespace hutong::security::journal
