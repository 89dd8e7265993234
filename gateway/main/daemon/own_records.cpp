#include "gateway/main/daemon/own_records.hpp"

#include "gateway/main/admin/record_keeper.hpp"

namespace hutong::daemon {

Awaitable<Result<void>> OwnRecords::write(std::string command, boost::json::object arguments,
                                          std::string outcome, std::string reason) {
    admin::Caller itself;
    itself.platform = true;
    security::Record record = admin::RecordKeeper::ended(
        admin::RecordKeeper::record_of(command, std::move(arguments), itself), outcome, reason);
    admin::RecordKeeper keeper(journal_);
    co_return co_await keeper.write(std::move(record));
}

}  // namespace hutong::daemon
