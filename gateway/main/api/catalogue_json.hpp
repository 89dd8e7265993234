// Answers of the resource catalogue and of the search as JSON, with the element names of GB/T 21063.3-2007
// where they are known (docs/catalogue.md); and the part of the OpenAPI document that says so. Pure
// functions.
#pragma once

#include <boost/json/object.hpp>

#include "registry/catalogue/resource_catalogue.hpp"

namespace hutong::api {

boost::json::object told(const registry::ResourceEntry& entry);
boost::json::object told(const registry::EntryList& list);
boost::json::array told(const std::vector<registry::CategoryNode>& nodes);
boost::json::array told(const std::vector<registry::CataloguedAgency>& agencies);
boost::json::object told(const registry::SearchAnswer& answer);

// Adds the paths that anybody may ask, and the schemas of their answers.
void describe_catalogue(boost::json::object& paths, boost::json::object& schemas);

}  // namespace hutong::api
