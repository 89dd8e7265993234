// Keeps the newest Catalogue: LISTEN, polling of the generation, reconnect; saved to disk with a MAC.
//
// current() is wait-free for readers. `changed` runs on the executor given, once per new catalogue and before
// current() returns it.
#pragma once

#include <functional>
#include <memory>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

class CatalogueKeeper {
  public:
    using Changed = std::function<void(std::shared_ptr<const Catalogue>)>;

    CatalogueKeeper(asio::any_io_executor executor, pg::Pool& pool, std::string url, const Home& home,
                    const config::Snapshot& options, Changed changed);
    ~CatalogueKeeper();

    // Reads the database, or the file when the database is away. Error: unavailable, when neither can be had.
    Awaitable<Result<void>> start();
    void stop();
    std::shared_ptr<const Catalogue> current() const;
    // Time since the catalogue was last known to be the database's newest.
    std::chrono::seconds age() const;
    // Reads the database now if its generation is newer (used by administration to answer only when it is in
    // force).
    Awaitable<Result<void>> refresh();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

// One consistent read (repeatable read); contracts already in `known` are not fetched again.
Awaitable<Result<std::shared_ptr<const Catalogue>>> read_catalogue(pg::Pool& pool, const Catalogue* known);

}  // namespace hutong::registry
