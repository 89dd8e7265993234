#include "gateway/main/cli/credential.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "gateway/main/admin/client.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::cli {

namespace {

namespace fs = std::filesystem;

// The terminal, not showing what is typed, until the end of the object.
class QuietTerminal {
  public:
    QuietTerminal() : terminal_(std::fopen("/dev/tty", "r+e")) {
        if (!terminal_ || ::tcgetattr(::fileno(terminal_), &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(::fileno(terminal_), TCSAFLUSH, &quiet) == 0;
    }
    ~QuietTerminal() {
        if (changed_) ::tcsetattr(::fileno(terminal_), TCSAFLUSH, &before_);
        if (terminal_) std::fclose(terminal_);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

    Result<std::string> line(const std::string& prompt) {
        if (!changed_) return invalid("there is no terminal to ask on: use --credential-file or a session");
        std::fputs(prompt.c_str(), terminal_);
        std::fflush(terminal_);
        std::string text;
        for (int c = std::fgetc(terminal_); c != EOF && c != '\n'; c = std::fgetc(terminal_))
            text += static_cast<char>(c);
        std::fputc('\n', terminal_);
        return text;
    }

  private:
    std::FILE* terminal_;
    termios before_{};
    bool changed_{false};
};

fs::path session_file(const Context& context) {
    const char* run = std::getenv("XDG_RUNTIME_DIR");
    const char* user = std::getenv("HOME");
    const fs::path folder = run && *run ? fs::path(run) : fs::path(user && *user ? user : "/") / ".cache";
    std::error_code ignored;
    const std::string home = fs::weakly_canonical(context.home.root, ignored).string();
    return folder / "hutong" / (context.as + "-" + to_hex(sha256(home)).substr(0, 12) + ".session");
}

json::object with_password(const Context& context, std::string password, std::string code) {
    return {{"officer", context.as}, {"password", std::move(password)}, {"code", std::move(code)}};
}

Result<json::object> from_file(const Context& context) {
    HUTONG_ASSIGN(const std::string text, security::read_private_file(context.credential_file));
    std::istringstream lines(text);
    std::string password, code;
    std::getline(lines, password);
    std::getline(lines, code);
    if (password.empty()) return invalid(context.credential_file + " holds no password in its first line");
    return with_password(context, std::move(password), std::move(code));
}

Result<json::object> from_terminal(const Context& context) {
    HUTONG_ASSIGN(std::string password, QuietTerminal().line("password of " + context.as + ": "));
    HUTONG_ASSIGN(std::string code, QuietTerminal().line("one-time code (empty, if there is none): "));
    return with_password(context, std::move(password), std::move(code));
}

}  // namespace

bool at_a_terminal() {
    return ::isatty(STDIN_FILENO) == 1;
}

Result<std::string> ask_secret(const std::string& prompt) {
    std::string line;
    if (at_a_terminal()) {
        HUTONG_ASSIGN(line, QuietTerminal().line(prompt));
    } else if (!std::getline(std::cin, line)) {
        line.clear();
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) return invalid("nothing was given: it is one line on the terminal or standard input");
    return line;
}

Result<json::object> fresh_credential_of(const Context& context) {
    if (context.as.empty()) return invalid("say who you are: --as NAME");
    return context.credential_file.empty() ? from_terminal(context) : from_file(context);
}

// A session that is over must not keep its owner from signing in again, so it is tried first.
Result<json::object> credential_of(const Context& context) {
    if (context.as.empty()) return json::object();
    if (!context.credential_file.empty()) return from_file(context);
    Result<std::string> token = security::read_private_file(session_file(context));
    if (!token) return token.error().code == ErrorCode::not_found ? from_terminal(context) : token.error();
    json::object session{{"session", *token}};
    const Result<json::value> known = admin::ask(context.home, {"me", {}, session});
    if (known || known.error().code != ErrorCode::refused) return session;
    Result<json::object> anew = from_terminal(context);
    if (anew) return anew;
    return refused("the session of " + context.as +
                   " is over, or belongs to another login at this machine: hutong officers login --as " +
                   context.as);
}

Result<void> keep_session(const Context& context, const std::string& token) {
    const fs::path file = session_file(context);
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (failed || ::chmod(file.parent_path().c_str(), 0700) != 0)
        return unavailable(file.parent_path().string() + " cannot be made for the session");
    return security::write_private_file(file, token);
}

void forget_session(const Context& context) {
    std::error_code ignored;
    fs::remove(session_file(context), ignored);
}

}  // namespace hutong::cli
