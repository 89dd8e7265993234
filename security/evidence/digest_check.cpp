#include "security/evidence/digest_check.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace hutong::security::evidence {

namespace {

// Files of which every byte is checked in other ways: written anew from the frames, or named by their own
// SHA-256. Not every byte of a frame or of a timestamp says something.
bool is_proven_elsewhere(const std::string& name) {
    constexpr std::array<std::string_view, 8> proven{"README.txt", "proofs.json",   "records.json",
                                                     "messages/",  "certificates/", "crls/",
                                                     "heads/",     "ocsp/"};
    return !name.ends_with(".tsr") &&
           std::ranges::any_of(proven, [&](std::string_view begin) { return name.starts_with(begin); });
}

}  // namespace

void check_digests(const std::vector<std::string>& mismatched, Checks& checks) {
    std::set<std::string> accused;
    for (const Check& check : checks.all())
        if (check.outcome == Outcome::broken) accused.insert(check.part);
    const bool sound = accused.empty();
    for (const std::string& name : mismatched) {
        if (accused.contains(name)) {
            checks.broken("file", name, "its SHA-256 is not the one in manifest.json");
        } else if (sound && is_proven_elsewhere(name)) {
            checks.broken(
                "manifest", "manifest.json",
                "its line about " + name + " was changed: the file itself is what all else in here proves");
        } else {
            checks.broken("manifest", "manifest.json",
                          "its line about " + name + " does not fit: either that file or this was changed");
            checks.broken("file", name,
                          "its SHA-256 is not the one in manifest.json: either it or that line was changed");
        }
    }
}

}  // namespace hutong::security::evidence
