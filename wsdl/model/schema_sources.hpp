// The schemas of a contract laid out as files that a schema processor can compile.
//
// libxml2 reads one document for each namespace, so all that a contract has for a namespace is gathered under
// one document that includes the rest, and every import is pointed at it. Inline schemas become files of
// their own, with the prefixes that were in scope and on the lines they stood on. Types are untouched.
#pragma once

#include <map>
#include <set>
#include <string>

#include "wsdl/model/contract.hpp"

namespace hutong::wsdl {

class SchemaSources {
  public:
    explicit SchemaSources(const Contract& contract);
    const std::map<std::string, std::string>& files() const { return files_; }
    const std::string& main() const { return main_; }
    // What the processor said, with the contract's own file and line.
    Finding finding(const Error& error) const;

  private:
    void name_documents();
    void name_namespaces();
    void write_file(const SourceFile& file);
    void write_namespaces();
    void write_rpc_wrappers();
    std::string import_markup(const std::string& ns);
    std::string target_for(const std::string& ns);  // the document that stands for a namespace; empty: none
    void add_well_known(const std::string& ns);

    const Contract& contract_;
    std::map<std::string, std::string> files_;
    std::string main_{"contract.xsd"};
    std::map<const void*, std::string> name_of_;                    // by the xs:schema element
    std::map<std::string, std::string> path_of_;                    // made-up name to contract path
    std::map<std::string, std::vector<std::string>> documents_;     // by namespace
    std::map<const void*, std::set<std::string>> missing_imports_;  // by the xs:schema element
    std::map<std::string, std::set<std::string>> wrapper_imports_;  // by made-up name
};

}  // namespace hutong::wsdl
