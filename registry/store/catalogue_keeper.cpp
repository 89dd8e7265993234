#include "registry/store/catalogue_keeper.hpp"

#include <atomic>

#include <boost/asio/strand.hpp>

#include "base/log.hpp"
#include "base/pg/listener.hpp"
#include "registry/store/catalogue_file.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

// What is not atomic is touched on the strand only.
struct CatalogueKeeper::State : std::enable_shared_from_this<CatalogueKeeper::State> {
    State(asio::any_io_executor executor, pg::Pool& database, std::string address, const Home& folder,
          const config::Snapshot& settings, Changed callback)
        : strand(asio::make_strand(executor)),
          pool(database),
          url(std::move(address)),
          home(folder),
          options(settings),
          changed(std::move(callback)),
          timer(strand) {}

    Awaitable<Result<void>> look();
    Awaitable<Result<void>> read_if_new(std::uint64_t turn);
    Awaitable<void> watch();
    void take(std::shared_ptr<const Catalogue> fresh);
    void look_soon();
    void confirm(TimePoint at) { confirmed = at.time_since_epoch().count(); }

    asio::strand<asio::any_io_executor> strand;
    pg::Pool& pool;
    std::string url;
    Home home;
    config::Snapshot options;
    Changed changed;
    asio::steady_timer timer;
    std::unique_ptr<pg::Listener> listener;
    std::uint64_t turns{0};       // looks begun
    std::uint64_t taken_turn{0};  // the look that brought the present catalogue
    bool news{false};             // something was heard since the last look began
    std::string trouble;          // why the last look failed
    std::atomic<std::shared_ptr<const Catalogue>> current;
    std::atomic<TimePoint::rep> confirmed{0};
    std::atomic<bool> stopped{false};
    // Writing the file waits for the disk, which no thread that serves calls should do.
    asio::thread_pool writer{1};
};

void CatalogueKeeper::State::take(std::shared_ptr<const Catalogue> fresh) {
    changed(fresh);
    log(MessageId::HT3001, {{"generation", std::to_string(fresh->generation)}});
    current = std::move(fresh);
}

// The generation is compared for difference, not order: a database restored from a backup counts from lower
// again.
Awaitable<Result<void>> CatalogueKeeper::State::read_if_new(std::uint64_t turn) {
    const TimePoint asked = system_clock().now();
    HUTONG_QUERY(rows, pool, "select generation from platform");
    const auto known = current.load();
    if (!known || known->generation != static_cast<std::uint64_t>(rows.integer(0, 0))) {
        const auto fresh = co_await read_catalogue(pool, known.get());
        if (fresh.has_error()) co_return fresh.error();
        // Several may read at once: one that began earlier must not undo what a later one saw, and the second
        // to bring the same has brought nothing.
        const auto present = current.load();
        if (turn > taken_turn && (!present || present->generation != (*fresh)->generation)) {
            take(*fresh);
            taken_turn = turn;
            asio::post(writer, [folder = home, catalogue = *fresh] {
                if (const auto saved = save_catalogue(folder, *catalogue); saved.has_error())
                    log(MessageId::HT3006, {{"reason", saved.error().detail}});
            });
        }
    }
    confirm(asked);
    co_return Result<void>();
}

Awaitable<Result<void>> CatalogueKeeper::State::look() {
    const auto self = shared_from_this();
    Result<void> done;
    try {
        done = co_await read_if_new(++turns);
    } catch (const std::exception& e) {
        // Rows that cannot be understood: the catalogue in use stays, and it is said.
        done = internal(std::string("the registry cannot be read: ") + e.what());
    }
    const std::string now = done.has_error() ? done.error().detail : std::string();
    if (!now.empty() && trouble.empty()) log(MessageId::HT3002, {{"reason", now}});
    trouble = now;
    co_return done;
}

void CatalogueKeeper::State::look_soon() {
    news = true;
    timer.cancel();
}

Awaitable<void> CatalogueKeeper::State::watch() {
    const auto self = shared_from_this();
    boost::system::error_code ignored;
    while (!stopped) {
        // What is heard while a look is under way may not be in it, so the next one does not wait.
        if (!news) {
            timer.expires_after(options.poll_interval);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        news = false;
        if (!stopped) co_await look();
    }
}

CatalogueKeeper::CatalogueKeeper(asio::any_io_executor executor, pg::Pool& pool, std::string url,
                                 const Home& home, const config::Snapshot& options, Changed changed)
    : state_(std::make_shared<State>(std::move(executor), pool, std::move(url), home, options,
                                     std::move(changed))) {}

CatalogueKeeper::~CatalogueKeeper() {
    stop();
}

Awaitable<Result<void>> CatalogueKeeper::start() {
    const auto state = state_;
    if (const auto read = co_await refresh(); read.has_error()) {
        const auto saved = load_catalogue(state->home);
        if (saved.has_error())
            co_return unavailable(read.error().detail +
                                  "; and no saved routing snapshot: " + saved.error().detail);
        log(MessageId::HT3003, {{"generation", std::to_string((*saved)->generation)},
                                {"read_at", format_utc((*saved)->read_at)}});
        state->confirm((*saved)->read_at);
        state->take(*saved);
    }
    const std::weak_ptr<State> weak = state;
    std::vector<std::string> channels(1, "hutong_catalogue");
    state->listener = std::make_unique<pg::Listener>(
        state->strand, state->url, std::move(channels), [weak](const std::string&, const std::string&) {
            if (const auto alive = weak.lock(); alive && !alive->stopped) alive->look_soon();
        });
    asio::co_spawn(
        state->strand, [state] { return state->watch(); }, asio::detached);
    co_return Result<void>();
}

void CatalogueKeeper::stop() {
    if (state_->stopped.exchange(true)) return;
    if (state_->listener) state_->listener->stop();
    asio::post(state_->strand, [state = state_] { state->timer.cancel(); });
    state_->writer.join();  // what was taken is on disk
}

std::shared_ptr<const Catalogue> CatalogueKeeper::current() const {
    return state_->current.load();
}

std::chrono::seconds CatalogueKeeper::age() const {
    const TimePoint confirmed{TimePoint::duration(state_->confirmed.load())};
    return std::chrono::duration_cast<std::chrono::seconds>(system_clock().now() - confirmed);
}

Awaitable<Result<void>> CatalogueKeeper::refresh() {
    auto look = [state = state_] { return state->look(); };
    co_return co_await asio::co_spawn(state_->strand, std::move(look), asio::use_awaitable);
}

}  // namespace hutong::registry
