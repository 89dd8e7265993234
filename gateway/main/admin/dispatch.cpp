// From a request to its answer: who asks, may he, is it for one person, and what the journal keeps of it.
#include <algorithm>
#include <memory>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "gateway/main/admin/admission.hpp"
#include "gateway/main/admin/reach.hpp"
#include "gateway/main/admin/record_keeper.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The command, and what it throws as its answer: also that is an outcome, which belongs in the journal.
Answer run_row(const Command& command, Services& services, const Arguments& view) {
    Result<json::value> answer = json::value();
    try {
        answer = co_await command.run(services, view);
    } catch (const std::exception& thrown) {
        answer = internal(std::string(command.name) + " failed unexpectedly: " + thrown.what());
    }
    co_return answer;
}

// Likewise: what breaks off here is an outcome of the command, too.
Awaitable<Result<std::vector<std::string>>> organisations_of(const Services& services, const Command& command,
                                                             const json::object& arguments) {
    Result<std::vector<std::string>> touched = std::vector<std::string>();
    try {
        touched = co_await organisations_touched(services, command, arguments);
    } catch (const std::exception& thrown) {
        touched = internal(std::string(command.name) + " failed unexpectedly: " + thrown.what());
    }
    co_return touched;
}

}  // namespace

Commands::Commands(Services services) : services_(std::move(services)) {
    services_.run_approved = [this](std::string name, json::object arguments, Caller first) -> Answer {
        const Command* command = find_command(name);
        if (!command) co_return not_found("there is no command " + name + " any more");
        co_return co_await change(*command, arguments, first);
    };
}

Awaitable<Reply> Commands::handle(Request request, Peer peer) {
    Result<Caller> caller = Caller();
    try {
        caller = co_await identify(request, peer);
    } catch (const std::exception& thrown) {
        caller = internal(std::string("the sign-in failed unexpectedly: ") + thrown.what());
    }
    Reply reply{json::value()};
    if (caller.has_error()) {
        reply.answer = caller.error();
        co_return reply;
    }
    const bool fresh = caller->officer && !caller->by_session && request.command != "me.sign-in";
    std::string officer = fresh ? caller->officer->name : std::string();
    reply.answer = co_await run(std::move(request.command), std::move(request.arguments), std::move(*caller));
    if (!fresh) co_return reply;
    auto notices = co_await services_.access.separation.notices_for(std::move(officer));
    if (notices.has_value()) reply.notices = std::move(*notices);
    co_return reply;
}

Awaitable<Result<Caller>> Commands::identify(const Request& request, const Peer& peer) {
    const json::object& credential = request.credential;
    Caller caller;
    caller.place = peer.text();
    if (!peer.login.empty()) caller.user = "uid " + std::to_string(peer.uid) + ", " + peer.login;
    if (credential.empty()) co_return caller;
    std::string session = text_in(credential, "session");
    if (!session.empty()) {
        Result<Caller> known = co_await resume(std::move(session), caller);
        if (known || known.error().code != ErrorCode::refused) co_return known;
        std::string command = request.command;
        Error over = known.error();
        const Result<json::value> said = co_await refuse(std::move(command), caller, std::move(over));
        co_return said.error();
    }
    // A certificate's key is proven by TLS only; what the socket says about one proves nothing.
    security::Credential said{
        text_in(credential, "officer"), text_in(credential, "password"), text_in(credential, "code"), {}};
    co_return co_await sign_in(std::move(said), std::move(caller));
}

Awaitable<Result<Caller>> Commands::resume(std::string session, Caller caller) {
    Result<security::Officer> officer =
        co_await services_.access.sessions.find(std::move(session), caller.channel, caller.user);
    if (officer.has_error()) co_return officer.error();
    caller.officer = std::move(*officer);
    caller.by_session = true;
    co_return caller;
}

Awaitable<Result<Caller>> Commands::sign_in(security::Credential credential, Caller caller) {
    const std::string certificate = credential.certificate;
    auto outcome = co_await services_.access.sign_in.verify(std::move(credential));
    if (outcome.has_error()) co_return outcome.error();
    if (outcome->officer) {
        caller.officer = std::move(outcome->officer);
        co_return caller;
    }
    // Never the words that were given: a password typed where the name goes would stay for years.
    const std::string name = outcome->account.empty() ? "(unknown)" : outcome->account;
    if (outcome->account.empty()) {
        HUTONG_CO_ASSIGN(const bool written, co_await is_written(sign_ins_, caller));
        if (!written) co_return security::SignIn::refusal();
    }
    log(MessageId::HT1022, {{"officer", name}, {"who", caller.text()}, {"reason", outcome->reason}});
    RecordKeeper keeper(services_.journal);
    json::object claimed{{"officer", name}};
    if (!certificate.empty()) claimed["certificate"] = certificate;
    security::Record record = RecordKeeper::ended(
        RecordKeeper::record_of("me.sign-in", std::move(claimed), caller), "refused", outcome->reason);
    const auto written = co_await keeper.write(std::move(record));
    if (written.has_error()) co_return written.error();
    co_return security::SignIn::refusal();
}

Answer Commands::run(std::string name, json::object arguments, Caller caller) {
    const Command* command = find_command(name);
    if (!command) {
        Error unknown = not_found("the daemon knows no command \"" + name +
                                  "\": the program and the daemon may be of different versions");
        co_return co_await refuse_with(std::move(name), json::object(), caller, std::move(unknown));
    }
    Result<json::value> answer = json::value();
    try {
        answer = co_await admitted(*command, std::move(arguments), caller);
    } catch (const std::exception& thrown) {
        answer = internal(name + " failed unexpectedly: " + thrown.what());
    }
    if (answer.has_error()) {
        log(MessageId::HT1008, {{"command", name},
                                {"who", caller.text()},
                                {"reason", reason_for_the_record(answer.error().detail)}});
    } else if (command->effect == Effect::changes) {
        log(MessageId::HT1007, {{"command", name}, {"who", caller.text()}});
    }
    co_return answer;
}

// What everybody may ask must be answered without the database, too.
Awaitable<Result<Circumstances>> Commands::circumstances(const Command& command) {
    Circumstances found;
    if (is_anybodys(command)) co_return found;
    HUTONG_CO_ASSIGN(const auto since, co_await services_.access.separation.since());
    found.separated = since.has_value();
    found.approval = found.separated;
    if (command.second == Second::approval && !found.approval) {
        HUTONG_CO_ASSIGN(found.approval, co_await services_.access.accounts.agencies_have_some());
    }
    if (command.second == Second::may) {
        HUTONG_CO_ASSIGN(const auto two, co_await services_.access.separation.two_person_commands());
        const auto names = chosen_with(command);
        found.two_persons = std::ranges::any_of(names, [&](const auto& name) { return two.contains(name); });
    }
    co_return found;
}

Answer Commands::admitted(const Command& command, json::object arguments, const Caller& caller) {
    const auto parameters = parameters_of(command.takes);
    Result<void> understood = check_arguments(parameters, arguments);
    if (understood.has_error()) understood = understood.error().at(command.name);
    HUTONG_CO_ASSIGN(const Circumstances now, co_await circumstances(command));
    // Whether he may is said first: what a wrong person's arguments lack is no business of his.
    Result<Way> way = admit(command, arguments, caller, now);
    if (way.has_value() && understood.has_error()) way = understood.error();
    Result<std::vector<std::string>> touched = std::vector<std::string>();
    if (way.has_value() && caller.officer && command.subject != Subject::unnamed) {
        mean_own_organisation(command, *caller.officer, arguments);
        touched = co_await organisations_of(services_, command, arguments);
        Result<void> reached;
        if (touched.has_error())
            reached = touched.error();
        else
            reached = check_reach(command, *caller.officer, *touched);
        if (reached.has_error()) way = reached.error();
    }
    if (way.has_error()) {
        json::object kept = for_the_record(parameters, understood ? arguments : json::object());
        std::string name(command.name);
        Error error = way.error();
        co_return co_await refuse_with(std::move(name), std::move(kept), caller, std::move(error));
    }
    std::string org = touched->size() == 1 ? touched->front() : std::string();
    if (*way == Way::propose)
        co_return co_await propose(command, std::move(arguments), std::move(org), caller);
    if (command.effect == Effect::reads) co_return co_await read(command, arguments, caller);
    co_return co_await change(command, arguments, caller);
}

Awaitable<Result<bool>> Commands::is_written(StrangerRecords& records, const Caller& caller) {
    if (caller.officer || (caller.channel == security::Channel::socket && !caller.stranger)) co_return true;
    const StrangerRecords::Due due = records.next(system_clock().now());
    if (due.left_out != 0) {
        json::object counted{{"left_out", due.left_out}};
        security::Record record =
            RecordKeeper::ended(RecordKeeper::record_of("api", std::move(counted), caller), "refused",
                                std::to_string(due.left_out) +
                                    " more within a minute by nobody signed in, not journaled one by one");
        RecordKeeper keeper(services_.journal);
        const auto written = co_await keeper.write(std::move(record));
        if (written.has_error()) co_return written.error();
    }
    co_return due.itself;
}

Awaitable<Error> Commands::turn_away(Error error, Peer peer) {
    Caller caller;
    caller.place = peer.text();
    caller.stranger = true;
    std::string command = "socket";
    const Result<json::value> said = co_await refuse(std::move(command), std::move(caller), std::move(error));
    co_return said.error();
}

Answer Commands::refuse(std::string command, Caller caller, Error error) {
    HUTONG_CO_ASSIGN(const bool written, co_await is_written(requests_, caller));
    if (!written) co_return error;
    log(MessageId::HT1008, {{"command", command_for_the_record(command)},
                            {"who", caller.text()},
                            {"reason", reason_for_the_record(error.detail)}});
    json::object nothing;
    co_return co_await refuse_with(std::move(command), std::move(nothing), caller, std::move(error));
}

Answer Commands::refuse_with(std::string command, json::object arguments, const Caller& caller, Error error) {
    RecordKeeper keeper(services_.journal);
    const Result<json::value> answer = error;
    security::Record record =
        RecordKeeper::answered(RecordKeeper::record_of(command, std::move(arguments), caller), answer);
    const auto written = co_await keeper.write(std::move(record));
    if (written.has_error()) co_return written.error().at("refused, but the refusal could not be journaled");
    co_return answer;
}

// The owner's own looking is left out as ever; what an officer reads, an auditor may want to know.
Answer Commands::read(const Command& command, const json::object& arguments, const Caller& caller) {
    const Arguments view(arguments, caller);
    Result<json::value> answer = co_await run_row(command, services_, view);
    if (!caller.officer || is_anybodys(command) || is_about_oneself(command)) co_return answer;
    RecordKeeper keeper(services_.journal);
    json::object kept = for_the_record(parameters_of(command.takes), arguments);
    security::Record record =
        RecordKeeper::answered(RecordKeeper::record_of(command.name, std::move(kept), caller), answer);
    const auto written = co_await keeper.write(std::move(record));
    if (written.has_error()) co_return written.error();
    co_return answer;
}

// Journal, do, make it hold here, say how it went: in this order, so that no change is without its record.
Answer Commands::change(const Command& command, const json::object& arguments, const Caller& caller) {
    RecordKeeper keeper(services_.journal);
    json::object kept = for_the_record(parameters_of(command.takes), arguments);
    const security::Record record = RecordKeeper::record_of(command.name, std::move(kept), caller);
    security::Record begin = RecordKeeper::ended(record, "begun");
    const auto begun = co_await keeper.write(std::move(begin));
    if (begun.has_error())
        co_return begun.error().at("nothing was changed, since the journal cannot be written");

    const Arguments view(arguments, caller);
    Services services = services_;
    services.actor = caller.text();
    services.person = caller.officer ? caller.officer->name : std::string();
    services.editor = caller.name();
    Result<json::value> answer = co_await run_row(command, services, view);
    security::Record end = RecordKeeper::answered(record, answer);
    const auto ended = co_await keeper.write(std::move(end));
    if (answer.has_error()) co_return answer;
    if (ended.has_error())
        co_return ended.error().at("the change was made, but its outcome could not be journaled");
    Result<void> in_force = co_await services_.keeper.refresh();
    if (in_force) in_force = services_.routed();
    if (!in_force) co_return in_force.error().at("the change was made, but is not in force on this node yet");
    co_return answer;
}

// Journaled first, as a change is; when it cannot be kept then, that is said in a second record.
Answer Commands::propose(const Command& command, json::object arguments, std::string org,
                         const Caller& caller) {
    RecordKeeper keeper(services_.journal);
    std::string id = security::Proposals::new_id();
    json::object kept = for_the_record(parameters_of(command.takes), arguments);
    const security::Record record = RecordKeeper::record_of(command.name, std::move(kept), caller);
    security::Record proposed = RecordKeeper::ended(record, "proposed", "proposal " + id);
    const auto written = co_await keeper.write(std::move(proposed));
    if (written.has_error())
        co_return written.error().at("nothing was proposed, since the journal cannot be written");

    std::string name(command.name);
    std::string words = json::serialize(arguments);
    std::string proposer = caller.officer->name;
    const auto life = services_.access.options.proposal_life;
    const auto made = co_await services_.access.proposals.make(
        std::move(id), std::move(name), std::move(words), std::move(proposer), life, std::move(org));
    if (made.has_error()) {
        const Result<json::value> failed = made.error();
        security::Record end = RecordKeeper::answered(record, failed);
        const auto ended = co_await keeper.write(std::move(end));
        if (ended.has_error()) co_return ended.error();
        co_return failed;
    }
    co_return json::object{
        {"proposal", made->id}, {"command", made->command}, {"expires", format_utc(made->expires)}};
}

}  // namespace hutong::admin
