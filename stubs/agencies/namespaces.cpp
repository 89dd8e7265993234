// The namespace table that libgsoap looks for; each service sets its own copy of the same.
#include "CompanyRegisterSoap11.nsmap"
