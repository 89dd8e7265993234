// hutong-demo-consumer: a C++ client that gSOAP made from the published WSDL, making one signed call.
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/result.hpp"
#include "soapCompanyRegisterSoap11Proxy.h"
#include "stubs/consumer/printing.hpp"
#include "stubs/consumer/signed_call.hpp"

namespace {

using namespace hutong;
using namespace hutong::consumer;

struct Options {
    std::string endpoint;
    std::string operation{"get-company"};
    std::string code;
    std::string name_part;
    int max_rows{20};
    bool expect_fault{false};
    CallOptions call;
};

// The calls: true when an answer came that is not a fault.
bool get_company(struct soap* context, const Options& options) {
    CompanyRegisterSoap11Proxy proxy(context);
    _company__GetCompany request;
    _company__GetCompanyResponse response;
    request.creditCode = options.code;
    if (proxy.GetCompany(options.endpoint.c_str(), nullptr, &request, response) != SOAP_OK) return false;
    print(std::cout, response);
    return true;
}

bool find_companies(struct soap* context, const Options& options) {
    CompanyRegisterSoap11Proxy proxy(context);
    _company__FindCompanies request;
    _company__FindCompaniesResponse response;
    request.namePart = options.name_part;
    request.maxRows = options.max_rows;
    if (proxy.FindCompanies(options.endpoint.c_str(), nullptr, &request, response) != SOAP_OK) return false;
    print(std::cout, response);
    return true;
}

// Why the call gave no answer at all: nothing was received that is a SOAP message.
std::string transport_problem(struct soap* context) {
    char text[512] = "";
    soap_sprint_fault(context, text, sizeof text);
    std::string line(text);
    for (char& c : line)
        if (c == '\n') c = ' ';
    return line;
}

int run(const Options& options) {
    SignedCall call(options.call);
    call.prepare();
    const bool good = options.operation == "get-company" ? get_company(call.context(), options)
                                                         : find_companies(call.context(), options);
    const Fault& fault = call.fault();
    if (!fault.code.empty()) {
        std::cout << "fault " << fault.code << ": " << fault.reason << '\n';
        if (!fault.detail_code.empty()) std::cout << "detail " << fault.detail_code << '\n';
    }
    if (call.response_verified()) {
        std::cout << "response signature verified\n";
    } else if (!call.answered()) {
        std::cout << "no answer: " << transport_problem(call.context()) << '\n';
    } else {
        std::cout << "response signature not verified: " << call.problem() << '\n';
    }
    // A refusal may be signed with a key that gSOAP can't verify while the gateway doesn't know the caller.
    if (options.expect_fault) return fault.code.empty() ? 1 : 0;
    return good && (call.response_verified() || options.call.ca_file.empty()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Makes one signed call to the company register, through the gateway"};
    app.add_option("--endpoint", options.endpoint, "address of the service")->required();
    app.add_option("--key", options.call.key_file, "RSA private key, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--cert", options.call.cert_file, "its certificate, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--ca", options.call.ca_file,
                   "CA of the gateway's signing certificate, PEM; without it answers are not verified")
        ->check(CLI::ExistingFile);
    app.add_option("--operation", options.operation)->check(CLI::IsMember({"get-company", "find-companies"}));
    app.add_option("--code", options.code, "credit code, for get-company");
    app.add_option("--name", options.name_part, "part of the name, for find-companies");
    app.add_option("--max-rows", options.max_rows)->check(CLI::Range(1, 200));
    app.add_flag("--expect-fault", options.expect_fault, "succeed when the service answers with a fault");
    app.add_flag("--tamper", options.call.tamper, "alter the Body after signing, to be refused");
    try {
        app.parse(argc, argv);
        if (options.operation == "get-company" && options.code.empty()) throw CLI::RequiredError("--code");
        if (options.operation == "find-companies" && options.name_part.empty())
            throw CLI::RequiredError("--name");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "hutong-demo-consumer: " << error.what() << '\n';
        return 1;
    }
}
