// hutong-agencies: the four sample agencies as SOAP servers on loopback ports, in one process.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/result.hpp"
#include "stubs/agencies/generator.hpp"
#include "stubs/agencies/server.hpp"
#include "stubs/agencies/services.hpp"
#include "stubs/agencies/store.hpp"

namespace hutong {
extern const std::string_view company_wsdl;
extern const std::string_view state_tax_wsdl;
extern const std::string_view local_tax_wsdl;
extern const std::string_view org_code_wsdl;
}  // namespace hutong

namespace {

using namespace hutong;
using namespace hutong::agencies;

struct Agency {
    std::string name;          // service name and the last part of the path
    std::string organisation;  // id of the organisation, the first part
    std::string_view wsdl;
    std::function<int(struct soap*, Store&)> serve;
};

template <class Service>
int serve(struct soap* context, Store& store) {
    return Service(context, store).serve();
}

const std::vector<Agency>& agencies_offered() {
    static const std::vector<Agency> all{{"company", "gs", company_wsdl, serve<CompanyRegister>},
                                         {"state-tax", "guoshui", state_tax_wsdl, serve<StateTax>},
                                         {"local-tax", "dishui", local_tax_wsdl, serve<LocalTax>},
                                         {"org-code", "zhijian", org_code_wsdl, serve<OrganisationCodes>}};
    return all;
}

struct Options {
    StoreOptions store;
    int port{9101};
    std::string ports_file;
    std::vector<std::string> only;
    unsigned list_codes{0};
};

// Written aside and renamed: who waits for the file never reads half of it.
void write_ports(const std::string& file, const boost::json::object& ports) {
    const std::filesystem::path aside = file + ".new";
    std::ofstream out(aside);
    out << boost::json::serialize(ports) << '\n';
    out.close();
    std::error_code failed;
    if (out) std::filesystem::rename(aside, file, failed);
    if (!out || failed)
        throw Failure(unavailable("cannot write " + file + "; give --ports-file a place that is writable"));
}

void run(const Options& options) {
    // Before any thread starts, so that all of them leave the signals to sigwait below.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    auto store = Store::open(options.store);
    if (!store) throw Failure(store.error());

    std::vector<std::unique_ptr<Server>> servers;
    boost::json::object ports;
    int port = options.port;
    for (const Agency& agency : agencies_offered()) {
        const int wanted = port == 0 ? 0 : port++;  // an agency keeps its port when others are left out
        if (!options.only.empty() && std::ranges::find(options.only, agency.name) == options.only.end())
            continue;
        servers.push_back(std::make_unique<Server>(ServerOptions{
            .path = "/" + agency.organisation + "/" + agency.name,
            .wsdl = agency.wsdl,
            .port = wanted,
            .serve = [&agency, &store](struct soap* context) { return agency.serve(context, **store); }}));
        Server& server = *servers.back();
        server.start();
        ports[agency.name] = {
            {"organisation", agency.organisation}, {"port", server.port()}, {"url", server.url()}};
        std::cout << agency.name << " " << server.url() << "?wsdl" << std::endl;
    }
    if (!options.ports_file.empty()) write_ports(options.ports_file, ports);

    int received = 0;
    sigwait(&signals, &received);
    for (const auto& server : servers) server->stop();
}

void print_codes(const StoreOptions& options, unsigned count) {
    Generator generator(options.seed);
    for (unsigned i = 0; i < count && i < options.companies; ++i) {
        const Company company = generator.next().company;
        std::cout << company.credit_code << ' ' << company.name << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The sample agencies 工商 国税 地税 质监 as SOAP servers on 127.0.0.1"};
    auto* database = app.add_option("--database", options.store.url, "PostgreSQL, as postgresql://…");
    app.add_option("--port", options.port, "port of the first agency, the others follow; 0: any free ports")
        ->check(CLI::Range(0, 65532));
    app.add_option("--ports-file", options.ports_file, "JSON file that the chosen ports are written to");
    std::vector<std::string> names;
    for (const Agency& agency : agencies_offered()) names.push_back(agency.name);
    app.add_option("--agency", options.only, "serve only these")->check(CLI::IsMember(names));
    app.add_option("--companies", options.store.companies, "how many companies a new database gets")
        ->check(CLI::Range(1u, 50'000u));
    app.add_option("--seed", options.store.seed, "of the generated data");
    auto* list = app.add_option("--list-codes", options.list_codes,
                                "print this many of the generated credit codes and names, and leave");
    list->excludes(database);
    try {
        app.parse(argc, argv);
        if (!*list && !*database) throw CLI::RequiredError("--database");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (*list)
            print_codes(options.store, options.list_codes);
        else
            run(options);
    } catch (const std::exception& error) {
        std::cerr << "hutong-agencies: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
