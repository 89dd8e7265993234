// Reads, compiles and publishes whatever it is given; what is published must read again and describe the
// same.
//
// The input is split at zero bytes into the main file, "a.wsdl", "b.xsd" and "d/c.xsd", so that imports can
// meet.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "wsdl/publish/publisher.hpp"
#include "wsdl/reader.hpp"

namespace {

using namespace hutong;

wsdl::Bundle bundle_of(std::string_view input) {
    wsdl::Bundle bundle{{}, "main.wsdl"};
    for (const char* path : {"main.wsdl", "a.wsdl", "b.xsd", "d/c.xsd"}) {
        const std::size_t end = std::min(input.find('\0'), input.size());
        bundle.files[path] = std::string(input.substr(0, end));
        input.remove_prefix(std::min(end + 1, input.size()));
    }
    return bundle;
}

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const wsdl::Bundle bundle = bundle_of({reinterpret_cast<const char*>(data), size});
    const auto description = wsdl::read(bundle);
    if (!description) return 0;
    static_cast<void>(wsdl::compile_schemas(bundle));
    const auto documents = wsdl::publish(bundle, *description, {"https://gateway.example/services/a/b"});
    require(documents.has_value(), "what was read can be published");
    const auto again = wsdl::read({{{"main.wsdl", documents->at("wsdl")}}, "main.wsdl"});
    require(again.has_value(), "what was published can be read");
    for (const auto& [query, text] : *documents)
        require(text.find("<!DOCTYPE") == std::string::npos || text.find("<![CDATA[") != std::string::npos ||
                    text.find("<!--") != std::string::npos,
                "no document type declaration is published");
    return 0;
}
