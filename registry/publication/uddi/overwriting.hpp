// What a request that saves or deletes entities builds on: If-Match, or else whose change it replaces.
//
// RFC 9110 section 13.1.1 (If-Match, 412), RFC 6585 section 3 (428);
// docs/decisions/0038-edits-that-meet.md. One for each transaction, in which the entities are locked already:
// whoever changes something below one of them locks it, too. Internal to this folder.
#pragma once

#include <map>

#include "registry/publication/uddi/known.hpp"
#include "registry/soap/context.hpp"

namespace hutong::registry::uddi {

// What If-Match is about, in words for faults.
struct Target {
    std::string name;
    std::string look;  // what shows it, with its ETag
    std::string key_type;
};

// `now`: the present entity tag of what is there. Errors: E_valueNotAllowed, of If-Match that does not hold,
// naming what changed since, or of none where there must be one.
OrFault<void> check_if_match(const Context& context, const Target& target, const std::string& now);

class Overwriting {
  public:
    // `known`: what was there before, and is locked; outlives this.
    Overwriting(pg::Session& session, Context& context, Kind kind, const KnownEntities& known)
        : session_(session), context_(context), kind_(kind), known_(known) {}

    // `keys`: of what the request is about; "" for what gets one yet. `taken`: of what it takes from
    // elsewhere, which If-Match has to name beside it. Notes whose change is replaced.
    Awaitable<OrFault<void>> check(std::set<std::string> keys, std::set<std::string> taken);
    // Around a save: leaves those notes that it has changed something of, and says what.
    Awaitable<OrFault<void>> remember();
    Awaitable<OrFault<void>> compare();

  private:
    Awaitable<OrFault<void>> check_seen(const std::set<std::string>& keys,
                                        const std::set<std::string>& taken);
    Awaitable<OrFault<std::string>> tag_of(std::string key, Kind kind);
    const Known* own(const std::string& key) const;
    Awaitable<OrFault<void>> note_others(const std::set<std::string>& keys);

    pg::Session& session_;
    Context& context_;
    Kind kind_;
    const KnownEntities& known_;
    std::map<std::string, std::string> before_;  // entity tags by key
};

}  // namespace hutong::registry::uddi
