#include "security/keys/pkcs11/token.hpp"

#include <algorithm>

#include <openssl/crypto.h>

#include "base/log.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::security::pkcs11 {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{10'000};
// While other tokens are up, which a restart of the library disturbs for a moment.
constexpr std::chrono::seconds between_restarts{30};
constexpr CK_ULONG most_slots = 256;

// Fields of the standard are padded with blanks.
std::string unpadded(const unsigned char* field, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(field), size);
    const auto last = text.find_last_not_of(std::string_view(" \0", 2));
    text.resize(last == std::string::npos ? 0 : last + 1);
    return text;
}

bool is_pin_trouble(CK_RV code) {
    return code == CKR_PIN_INCORRECT || code == CKR_PIN_INVALID || code == CKR_PIN_LOCKED ||
           code == CKR_PIN_EXPIRED || code == CKR_PIN_LEN_RANGE || code == CKR_USER_PIN_NOT_INITIALIZED;
}

std::optional<std::filesystem::file_time_type> written_at(const std::filesystem::path& file) {
    std::error_code failed;
    const auto time = std::filesystem::last_write_time(file, failed);
    return failed ? std::nullopt : std::optional(time);
}

}  // namespace

Token::~Token() {
    const std::lock_guard hold(state_mutex_);
    if (state_ != State::up) return;
    --library_->connected;
    const Library::Use use = library_->use();
    const bool last = library_->leave(now_.slot);
    if (library_->starts() != now_.library_starts) return;
    if (last) {
        library_->calls().C_CloseAllSessions(now_.slot);
        return;
    }
    free_.push_back(now_.keeper);
    for (const CK_SESSION_HANDLE session : free_) library_->calls().C_CloseSession(session);
}

std::string Token::name() const {
    return options_.label.empty() ? "the token with serial number " + options_.serial
                                  : "the token " + options_.label;
}

Error Token::away() const {
    return unavailable(name() + " is away: " + reason_);
}

// Sessions

Token::Session::Session(Token& token, unsigned joined, bool pooled)
    : token_(&token), joined_(joined), pooled_(pooled), use_(token.library_->use()) {}
Token::Session::Session(Session&& other) noexcept
    : token_(other.token_),
      joined_(other.joined_),
      pooled_(other.pooled_),
      use_(std::move(other.use_)),
      handle_(other.handle_) {
    other.token_ = nullptr;
}
Token::Session::~Session() {
    if (token_ != nullptr) token_->give_back(*this);
}

void Token::give_back(const Session& session) {
    if (!session.pooled_) {
        if (session.handle_ != CK_INVALID_HANDLE) library_->calls().C_CloseSession(session.handle_);
        return;
    }
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ != State::up || session.joined_ != joined_) return;  // it ended with the token
        if (session.handle_ == CK_INVALID_HANDLE)
            --open_;
        else
            free_.push_back(session.handle_);
    }
    changed_.notify_one();
}

Result<Token::Session> Token::session(bool writing) {
    auto begun = begin_session(writing);
    // What was there a moment ago may only have ended our sessions: once more.
    if (begun.has_error() && begun.error().code == ErrorCode::unavailable) {
        const std::unique_lock lock(state_mutex_);
        if (state_ != State::away || pause_.count() != 0) return begun;
    } else {
        return begun;
    }
    return begin_session(writing);
}

Result<Token::Session> Token::begin_session(bool writing) {
    HUTONG_TRY(join_if_due());
    std::unique_lock lock(state_mutex_);
    const auto room = [&] { return !free_.empty() || open_ < options_.sessions; };
    const bool in_time =
        writing || changed_.wait_for(lock, options_.patience, [&] { return state_ != State::up || room(); });
    if (state_ != State::up) return away();
    if (!in_time)
        return unavailable(name() + ": all " + std::to_string(options_.sessions) +
                           " sessions were busy for " + std::to_string(options_.patience.count()) + " ms");
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
    if (!writing && !free_.empty()) {
        handle = free_.back();
        free_.pop_back();
    } else if (!writing) {
        ++open_;
    }
    const unsigned joined = joined_;
    lock.unlock();
    Session session(*this, joined, !writing);
    session.handle_ = handle;
    HUTONG_TRY(open(session, writing));
    return session;
}

Result<void> Token::open(Session& session, bool writing) {
    CK_SLOT_ID slot = 0;
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ != State::up || joined_ != session.joined_) return away();
        slot = now_.slot;
        if (library_->starts() == now_.library_starts && session.handle_ != CK_INVALID_HANDLE) return {};
    }
    const CK_FLAGS flags = CKF_SERIAL_SESSION | (writing ? CKF_RW_SESSION : 0);
    const CK_RV code = session.handle_ != CK_INVALID_HANDLE
                           ? CKR_SESSION_HANDLE_INVALID
                           : library_->calls().C_OpenSession(slot, flags, nullptr, nullptr, &session.handle_);
    if (code == CKR_OK) return {};
    session.handle_ = CK_INVALID_HANDLE;
    return failed(session, "opening a session", code);
}

Error Token::failed(const Session& session, const std::string& what, CK_RV code) {
    const std::string reason = what + " answered " + name_of(code);
    if (!means_loss(code)) return refused(name() + ": " + reason);
    note_lost(session.joined_, reason);
    return unavailable(name() + " is away: " + reason);
}

// Coming and going

void Token::note_lost(unsigned joined, const std::string& reason) {
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ != State::up || joined != joined_) return;
        library_->leave(now_.slot);
        state_ = State::away;
        reason_ = reason;
        free_.clear();
        open_ = 0;
        pause_ = milliseconds(0);
        try_again_ = Clock::now();
        --library_->connected;
    }
    changed_.notify_all();
    log(MessageId::HT4091, {{"token", options_.label + options_.serial}, {"reason", reason}});
}

Result<void> Token::join_if_due() {
    bool first = false;
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ == State::up) return {};
        if (state_ == State::away && Clock::now() < try_again_) return away();
        first = state_ == State::unused;
    }
    std::unique_lock one(joining_, std::defer_lock);
    if (first)
        one.lock();
    else if (!one.try_lock()) {
        const std::lock_guard hold(state_mutex_);
        return away();
    }
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ == State::up) return {};
        if (state_ == State::away && Clock::now() < try_again_) return away();
    }
    auto outcome = join();
    take(outcome);
    if (outcome.has_error())
        return Error{outcome.error().code, name() + " is away: " + outcome.error().detail};
    return {};
}

void Token::take(const Result<Joined>& outcome) {
    bool back = false;
    {
        const std::lock_guard hold(state_mutex_);
        if (outcome.has_error()) {
            // Whoever asked first is told so; the log is by look_after(), as a command has none.
            if (state_ == State::unused) told_ = false;
            state_ = State::away;
            reason_ = outcome.error().detail;
            pause_ = pause_.count() == 0 ? first_pause : std::min(2 * pause_, longest_pause);
            try_again_ = Clock::now() + pause_;
        } else {
            back = state_ == State::away && told_;
            state_ = State::up;
            told_ = true;
            reason_.clear();
            pause_ = milliseconds(0);
            now_ = *outcome;
            ++joined_;
            ++library_->connected;
        }
    }
    changed_.notify_all();
    if (back) log(MessageId::HT4092, {{"token", options_.label + options_.serial}});
}

void Token::tell_once() {
    std::string reason;
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ != State::away || told_) return;
        told_ = true;
        reason = reason_;
    }
    log(MessageId::HT4091, {{"token", options_.label + options_.serial}, {"reason", reason}});
}

bool Token::may_restart_library() {
    const auto now = Clock::now();
    if (library_->connected > 0 && now - restarted_ < between_restarts) return false;
    restarted_ = now;
    return true;
}

Result<Token::Joined> Token::join() {
    pin_refused_ = false;
    auto joined = attempt();
    if (joined.has_value() || pin_refused_) return joined;
    if (!may_restart_library() || !library_->restart(options_.patience)) return joined;
    return attempt();
}

Result<Token::Joined> Token::attempt() {
    const Library::Use use = library_->use();
    const CK_FUNCTION_LIST& calls = library_->calls();
    CK_TOKEN_INFO info{};
    HUTONG_ASSIGN(const CK_SLOT_ID slot, find_slot(info));
    Joined joined{library_->starts(), slot, CK_INVALID_HANDLE};
    library_->enter(slot);
    const CK_RV code = calls.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &joined.keeper);
    if (code != CKR_OK) {
        library_->leave(slot);
        return unavailable("opening a session answered " + name_of(code));
    }
    if ((info.flags & CKF_LOGIN_REQUIRED) != 0)
        if (auto done = log_in(joined.keeper, info); done.has_error()) {
            calls.C_CloseSession(joined.keeper);
            library_->leave(slot);
            return done.error();
        }
    return joined;
}

Result<CK_SLOT_ID> Token::find_slot(CK_TOKEN_INFO& info) const {
    const CK_FUNCTION_LIST& calls = library_->calls();
    std::vector<CK_SLOT_ID> slots(most_slots);
    CK_ULONG count = slots.size();
    const CK_RV code = calls.C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (code != CKR_OK) return unavailable("listing the slots answered " + name_of(code));
    slots.resize(std::min(count, most_slots));
    std::optional<CK_SLOT_ID> found;
    for (const CK_SLOT_ID slot : slots) {
        CK_TOKEN_INFO one{};
        if (calls.C_GetTokenInfo(slot, &one) != CKR_OK || (one.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
        const bool ours =
            (options_.label.empty() || unpadded(one.label, sizeof one.label) == options_.label) &&
            (options_.serial.empty() ||
             unpadded(one.serialNumber, sizeof one.serialNumber) == options_.serial);
        if (!ours) continue;
        if (found) return refused("there are two such tokens; tell them apart in the key's URI by serial=");
        found = slot;
        info = one;
    }
    if (!found) return unavailable("no slot holds it");
    return *found;
}

Result<void> Token::log_in(CK_SESSION_HANDLE session, const CK_TOKEN_INFO& info) {
    const auto no = [&](std::string why) {
        pin_refused_ = true;
        return refused(std::move(why));
    };
    const bool own_keys = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    if (options_.pin_file.empty() && !own_keys)
        return no("it asks for a PIN: write it into a file of mode 0600 and name that as keys.pin_file");
    const auto written = written_at(options_.pin_file);
    const std::string serial = unpadded(info.serialNumber, sizeof info.serialNumber);
    if (written && library_->refused_pin(serial, options_.pin_file) == written)
        return no("it refused the PIN in " + options_.pin_file.string() +
                  "; it is tried again when that changes");
    if ((info.flags & CKF_USER_PIN_FINAL_TRY) != 0 && joined_ == 0)
        return no("it allows one more try of the PIN: log in by hand with the right one first");
    std::string pin;
    if (!options_.pin_file.empty()) {
        HUTONG_ASSIGN(pin, read_private_file(options_.pin_file));
        const auto end = std::min(pin.find_first_of("\r\n"), pin.size());
        OPENSSL_cleanse(pin.data() + end, pin.size() - end);
        pin.resize(end);
    }
    const CK_RV code = library_->calls().C_Login(
        session, CKU_USER, pin.empty() ? nullptr : reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
    OPENSSL_cleanse(pin.data(), pin.size());
    library_->note_pin(serial, options_.pin_file, is_pin_trouble(code) ? written : std::nullopt);
    if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
    if (!is_pin_trouble(code)) return unavailable("logging in answered " + name_of(code));
    return no("logging in answered " + name_of(code) + ": the PIN in " + options_.pin_file.string() +
              " is not its PIN");
}

void Token::look_after() {
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ == State::unused) return;
    }
    const bool joined_now = join_if_due().has_value();
    tell_once();
    if (!joined_now) return;
    const std::unique_lock one(joining_, std::try_to_lock);
    if (!one.owns_lock()) return;
    Joined now{};
    unsigned joined = 0;
    {
        const std::lock_guard hold(state_mutex_);
        if (state_ != State::up) return;
        now = now_;
        joined = joined_;
    }
    const Library::Use use = library_->use();
    CK_SESSION_INFO session{};
    CK_TOKEN_INFO info{};
    CK_RV code = CKR_SESSION_HANDLE_INVALID;
    if (library_->starts() == now.library_starts)
        code = library_->calls().C_GetSessionInfo(now.keeper, &session);
    if (code == CKR_OK) code = library_->calls().C_GetTokenInfo(now.slot, &info);
    if (code != CKR_OK) note_lost(joined, "looking after it answered " + name_of(code));
}

std::string Token::trouble() const {
    const std::lock_guard hold(state_mutex_);
    return state_ == State::away ? away().detail : std::string();
}

}  // namespace hutong::security::pkcs11
