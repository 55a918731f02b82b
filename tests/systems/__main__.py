"""Write every system's exports of the sample company: `cd tests && python -m systems DIR`."""

import sys
from pathlib import Path

from . import dynamics, hubspot, salesforce, sap
from .company import company, write_own

target, content = Path(sys.argv[1]), company()
write_own(content, target / "own")
sap.write_se16(content, target / "sap_se16")
sap.write_list(content, target / "sap_list")
sap.write_list(content, target / "sap_signed", signed=True)
salesforce.write_api(content, target / "salesforce_api")
hubspot.write_labels(content, target / "hubspot_labels")
hubspot.write_api(content, target / "hubspot_api")
dynamics.write_tables(content, target / "dynamics_tables")
for language in ("en", "de"):
    salesforce.write_reports(content, target / f"salesforce_{language}", language)
    dynamics.write_workbooks(content, target / f"dynamics_{language}", language)
