// A token, by one of its names (label, serial number): logged in to once, with a pool of sessions, and joined
// again when it was away.
//
// Calls that find it away fail at once; one of them at a time tries to join it, ever more seldom, up to every
// ten seconds. It is logged when it goes and when it comes back, once each. A PIN that the token refused is
// not tried again before its file has changed, so that the token does not lock itself. Safe from any thread;
// blocks for as long as the library does, and up to `patience` for a free session.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "security/keys/pkcs11/library.hpp"

namespace hutong::security::pkcs11 {

struct TokenOptions {
    std::string label;               // empty: known by its serial number only
    std::string serial;              // empty: known by its label only
    std::filesystem::path pin_file;  // empty: the token asks for none, or has keys of its own for it
    unsigned sessions{8};
    std::chrono::milliseconds patience{2000};
};

class Token {
  public:
    Token(std::shared_ptr<Library> library, TokenOptions options)
        : library_(std::move(library)), options_(std::move(options)) {}
    ~Token();
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    // A session, logged in, for one thread; goes back into the pool when it is destroyed.
    class Session {
      public:
        Session(Session&& other) noexcept;
        Session& operator=(Session&&) = delete;
        ~Session();
        CK_SESSION_HANDLE handle() const { return handle_; }
        const CK_FUNCTION_LIST& calls() const { return token_->library_->calls(); }
        unsigned joined() const { return joined_; }  // which time the token was joined: handles are of it

      private:
        friend class Token;
        Session(Token& token, unsigned joined, bool pooled);
        Token* token_;
        const unsigned joined_;
        const bool pooled_;
        Library::Use use_;
        CK_SESSION_HANDLE handle_{CK_INVALID_HANDLE};
    };
    // `writing`: a session in which keys can be made. Errors: unavailable; refused (the PIN).
    Result<Session> session(bool writing = false);

    // What to make of a call that answered `code`: an error, after which the token is taken for away where
    // that means a loss.
    Error failed(const Session& session, const std::string& what, CK_RV code);

    void look_after();            // joins it when it is due, and looks whether it is still there
    std::string trouble() const;  // empty: it is there, or was not needed yet
    std::string name() const;     // "the token hutong"

  private:
    enum class State { unused, up, away };
    struct Joined {
        unsigned library_starts;
        CK_SLOT_ID slot;
        CK_SESSION_HANDLE keeper;  // keeps the login; only for whoever holds joining_
    };

    Result<void> join_if_due();
    Result<Joined> join();
    Result<Joined> attempt();
    Result<CK_SLOT_ID> find_slot(CK_TOKEN_INFO& info) const;
    Result<void> log_in(CK_SESSION_HANDLE session, const CK_TOKEN_INFO& info);
    void take(const Result<Joined>& outcome);
    bool may_restart_library();
    Result<Session> begin_session(bool writing);
    Result<void> open(Session& session, bool writing);
    void note_lost(unsigned joined, const std::string& reason);
    void tell_once();
    void give_back(const Session& session);
    Error away() const;  // state_mutex_ is held

    const std::shared_ptr<Library> library_;
    const TokenOptions options_;

    std::mutex joining_;  // one at a time; taken before state_mutex_, where both are
    bool pin_refused_{false};
    std::chrono::steady_clock::time_point restarted_{};

    mutable std::mutex state_mutex_;
    std::condition_variable changed_;
    State state_{State::unused};
    bool told_{true};  // that it is away, in the log
    std::string reason_;
    unsigned joined_{0};
    Joined now_{};
    std::vector<CK_SESSION_HANDLE> free_;
    unsigned open_{0};
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point try_again_{};
};

}  // namespace hutong::security::pkcs11
