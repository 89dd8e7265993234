// Reads a bundle of WSDL and XSD files into a Description; makes the schema set that validates its messages.
//
// Imports and includes are resolved only inside the bundle (relative, or an absolute location that a bundle
// file was fetched from); whatever cannot be reached becomes a finding, never a network access. Safe from any
// thread.
#pragma once

#include <filesystem>

#include "base/config/config.hpp"
#include "base/result.hpp"
#include "base/xml/schema.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::wsdl {

// Errors only where there is nothing to describe (not XML, not WSDL 1.1, limits); everything else is a
// finding.
Result<Description> read(const Bundle& bundle, const config::Wsdl& limits = {});

// The main file and everything it imports by relative path, read from disk. `root` is the folder that may be
// read; locations outside it are left out (and later give a finding).
Result<Bundle> load_bundle(const std::filesystem::path& main_file, const config::Wsdl& limits = {});

// Compiles the schemas of the contract. Error: invalid, when they do not compile (the finding says where).
Result<xml::SchemaSet> compile_schemas(const Bundle& bundle);

// SHA-256 (hex) over the files in path order: the identity of a contract.
std::string content_id(const Bundle& bundle);

}  // namespace hutong::wsdl
