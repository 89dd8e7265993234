// Steps in the life of a service, what they were, and who is to be warned of one that ends.
//
// Every step is one transaction that raises the generation and adds to the history, or changes nothing.
// Thread-safe as far as the pool is.
#pragma once

#include "base/asio.hpp"
#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/service_life.hpp"
#include "registry/store/revisions.hpp"
#include "registry/store/service_history.hpp"
#include "wsdl/diff/contract_diff.hpp"

namespace hutong::registry {

struct LifeChange {
    std::string service;  // org/name
    std::string command;  // see life_steps()
    std::string reason;
    std::string actor;
    std::string person{};  // the account of it; empty: the owner's
    Edit edit{};
    std::optional<TimePoint> ends;  // of "deprecate": when it goes
    bool force{
        false};  // of "offline" and "deprecate": also when consumers hold grants and were promised longer
};

inline constexpr std::chrono::days least_notice{7};  // of an end, where consumers hold grants

struct LifeOutcome {
    Service service;                     // as it is now
    std::vector<std::string> consumers;  // who holds grants for it
    std::string revision{};
    std::optional<Replaced> replaced{};
};

// A deprecated service that a consumer may call.
struct RetirementWarning {
    std::string service;
    std::vector<std::string> operations;  // granted; empty: every one
    TimePoint deprecated;
    TimePoint ends;
    std::string reason;
};

// Two versions, or one and a contract that is not published yet.
struct DiffRequest {
    std::string service;
    std::optional<unsigned> from;          // otherwise the one before, or with a bundle the present one
    std::optional<unsigned> to;            // otherwise the present one
    std::optional<wsdl::Bundle> bundle{};  // compared with in place of `to`
};

struct VersionDiff {
    unsigned from{1};
    std::optional<unsigned> to;  // empty: the bundle
    std::vector<wsdl::Change> changes;
    std::vector<std::string> consumers;  // who holds grants
};

// Saved through UDDI with the address of a WSDL, and not published yet.
struct UddiDraft {
    std::string key;
    std::string org;
    std::string name;  // to be published by
    std::string wsdl;  // where the publisher says it is
    std::string id() const { return org + "/" + name; }
};

class ServiceLife {
  public:
    // Contracts are read and compared on `blocking`, which takes up to seconds.
    ServiceLife(pg::Pool& pool, const config::Wsdl& limits, asio::thread_pool& blocking)
        : pool_(pool), limits_(limits), blocking_(blocking) {}

    // Errors: conflict, when the step is none from where the service is, or when it would leave consumers
    // without a service that nobody told them would end: the detail names them. refused: who approves has
    // handed it in himself.
    Awaitable<Result<LifeOutcome>> change(LifeChange change);
    // "offline" from wherever that can be, with a reason of its own when none is given and nobody loses a
    // service; nothing when it is offline already.
    Awaitable<Result<LifeOutcome>> retire(LifeChange change);
    Awaitable<Result<std::vector<UddiDraft>>> uddi_drafts();
    Awaitable<Result<std::vector<ServiceRecord>>> history(std::string service);
    // Errors: not_found, invalid: there is no such version, the bundle is no WSDL.
    Awaitable<Result<VersionDiff>> diff(DiffRequest request);
    Awaitable<Result<std::vector<RetirementWarning>>> warnings(std::string consumer);

  private:
    pg::Pool& pool_;
    config::Wsdl limits_;
    asio::thread_pool& blocking_;
};

// As people write it: a day (its beginning, UTC) or an xs:dateTime with a zone. `what` is for the error.
Result<TimePoint> parse_day_or_time(const std::string& what, const std::string& text);

}  // namespace hutong::registry
