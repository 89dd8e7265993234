#include "registry/store/contract_rows.hpp"

#include "registry/store/sql.hpp"

namespace hutong::registry {

Awaitable<Result<wsdl::Bundle>> read_contract(pg::Session& session, const std::string& id) {
    HUTONG_QUERY(
        files, session,
        "select c.main, f.path, f.content from contracts c join contract_files f on f.contract = c.id "
        "where c.id = $1",
        with(id));
    wsdl::Bundle bundle;
    for (std::size_t i = 0; i < files.size(); ++i) {
        bundle.main = files.text(i, 0);
        bundle.files[std::string(files.text(i, 1))] = std::string(as_text(files.bytes(i, 2)));
    }
    co_return bundle;
}

}  // namespace hutong::registry
