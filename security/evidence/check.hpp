// What was looked at, and what came of it: the lines of a verification's report.
#pragma once

#include <string>
#include <vector>

namespace hutong::security::evidence {

enum class Outcome {
    holds,
    broken,
    differs,  // not as exported, and nothing is proven by it either
    unknown   // cannot be told from what is there; `detail` says what is missing
};

struct Check {
    Outcome outcome{Outcome::unknown};
    std::string what;  // container, manifest, file, proof, seal, timestamp, head, copy, message, certificate,
                       // revocation
    std::string part;  // the entry of the zip
    std::string detail;
};

class Checks {
  public:
    void holds(std::string what, std::string part, std::string detail) {
        all_.push_back({Outcome::holds, std::move(what), std::move(part), std::move(detail)});
    }
    void broken(std::string what, std::string part, std::string detail) {
        all_.push_back({Outcome::broken, std::move(what), std::move(part), std::move(detail)});
    }
    void differs(std::string what, std::string part, std::string detail) {
        all_.push_back({Outcome::differs, std::move(what), std::move(part), std::move(detail)});
    }
    void unknown(std::string what, std::string part, std::string detail) {
        all_.push_back({Outcome::unknown, std::move(what), std::move(part), std::move(detail)});
    }
    const std::vector<Check>& all() const { return all_; }

  private:
    std::vector<Check> all_;
};

}  // namespace hutong::security::evidence
