// Imports and publishes one contract from disk, as the gateway does, and prints what came of it, a line for
// each fact:
//   wsdl_corpus MAIN.wsdl OUTPUT_FOLDER ADDRESS
// Fields are separated by tabs. Exit 0: done, with whatever findings; 1: refused, with the reason on stderr.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "wsdl/publish/publisher.hpp"
#include "wsdl/reader.hpp"

namespace {

using namespace hutong;

const char* to_text(wsdl::Severity severity) {
    if (severity == wsdl::Severity::error) return "error";
    return severity == wsdl::Severity::warning ? "warning" : "note";
}

// Which operations there are, one line each, so that original and published form can be compared.
std::string operations_of(const wsdl::Description& description) {
    std::string result;
    for (const wsdl::Binding& binding : description.bindings)
        for (const wsdl::Operation& operation : binding.operations)
            result += binding.name.text() + " " + operation.name + " " + operation.input_element.text() +
                      " " + operation.output_element.text() + " " + operation.soap_action + "\n";
    return result;
}

Result<void> write(const std::map<std::string, std::string>& documents, const std::filesystem::path& folder) {
    int number = 0;
    for (const auto& [query, text] : documents) {
        const std::string name = std::to_string(number++) + ".xml";
        std::ofstream out(folder / name, std::ios::binary);
        if (!(out << text)) return unavailable((folder / name).string() + ": cannot be written");
        std::cout << "document\t" << query << '\t' << name << '\n';
    }
    return {};
}

Result<void> run(const std::filesystem::path& main_file, const std::filesystem::path& folder,
                 const std::string& address) {
    HUTONG_ASSIGN(const wsdl::Bundle bundle, wsdl::load_bundle(main_file));
    const auto start = std::chrono::steady_clock::now();
    HUTONG_ASSIGN(const wsdl::Description description, wsdl::read(bundle));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::cout << "main\t" << bundle.main << "\nfiles\t" << bundle.files.size() << "\nmilliseconds\t"
              << took.count() << "\nbinding operations\t";
    std::size_t bound = 0;
    for (const wsdl::Binding& binding : description.bindings) bound += binding.operations.size();
    std::cout << bound << '\n';
    for (const wsdl::PortType& port_type : description.port_types)
        for (const std::string& operation : port_type.operations)
            std::cout << "operation\t" << port_type.name.text() << '\t' << operation << '\n';
    for (const wsdl::Finding& finding : description.findings)
        std::cout << "finding\t" << to_text(finding.severity) << '\t' << finding.rule << '\t'
                  << finding.place.text() << '\t' << finding.text << '\n';
    std::cout << "compiles\t" << (wsdl::compile_schemas(bundle) ? "yes" : "no") << '\n';
    HUTONG_ASSIGN(const auto documents, wsdl::publish(bundle, description, {address}));
    // Read again as a bundle of its own, each document under its query.
    wsdl::Bundle republished{{}, "wsdl"};
    for (const auto& [query, text] : documents) {
        std::string local = text;
        const std::string prefix = address + "?";
        for (std::size_t at = 0; (at = local.find(prefix, at)) != std::string::npos;)
            local.erase(at, prefix.size());
        republished.files[query] = std::move(local);
    }
    HUTONG_ASSIGN(const wsdl::Description again, wsdl::read(republished));
    std::cout << "same operations\t" << (operations_of(description) == operations_of(again) ? "yes" : "no")
              << '\n';
    return write(documents, folder);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: wsdl_corpus MAIN.wsdl OUTPUT_FOLDER ADDRESS\n";
        return 2;
    }
    hutong::xml::initialize();
    const auto done = run(argv[1], argv[2], argv[3]);
    if (done) return 0;
    std::cerr << done.error().detail << '\n';
    return 1;
}
