/** One department: its people, their titles and its cost centre. */
export interface Department {
  name: string;
  division: string;
  costCenter: string;
  headcount: number;
  titles: readonly string[];
}

/** The departments of the company. Their headcounts, heads included, add up to 248. */
export const DEPARTMENTS: readonly Department[] = [
  {
    name: "Engineering",
    division: "Technology",
    costCenter: "CC-4100",
    headcount: 58,
    titles: ["Software Engineer", "Senior Software Engineer", "Firmware Engineer", "Staff Engineer", "QA Engineer"],
  },
  {
    name: "Robotics Research",
    division: "Technology",
    costCenter: "CC-4200",
    headcount: 24,
    titles: ["Research Scientist", "Motion Planning Engineer", "Perception Engineer", "Lab Technician"],
  },
  {
    name: "Manufacturing",
    division: "Operations",
    costCenter: "CC-5100",
    headcount: 42,
    titles: ["Assembly Technician", "Line Supervisor", "Process Engineer", "Quality Inspector"],
  },
  {
    name: "Supply Chain",
    division: "Operations",
    costCenter: "CC-5200",
    headcount: 16,
    titles: ["Buyer", "Logistics Coordinator", "Inventory Analyst"],
  },
  {
    name: "Sales",
    division: "Commercial",
    costCenter: "CC-6100",
    headcount: 34,
    titles: ["Account Executive", "Sales Engineer", "Business Development Representative"],
  },
  {
    name: "Customer Support",
    division: "Commercial",
    costCenter: "CC-6200",
    headcount: 26,
    titles: ["Support Engineer", "Field Service Technician", "Support Specialist"],
  },
  {
    name: "Marketing",
    division: "Commercial",
    costCenter: "CC-6300",
    headcount: 12,
    titles: ["Product Marketing Manager", "Designer", "Events Coordinator"],
  },
  {
    name: "Finance",
    division: "Corporate",
    costCenter: "CC-7100",
    headcount: 12,
    titles: ["Accountant", "Payroll Specialist", "Financial Analyst"],
  },
  {
    name: "People",
    division: "Corporate",
    costCenter: "CC-7200",
    headcount: 9,
    titles: ["Recruiter", "HR Business Partner", "Learning Specialist"],
  },
  {
    name: "IT and Security",
    division: "Technology",
    costCenter: "CC-4300",
    headcount: 15,
    titles: ["Systems Administrator", "Security Analyst", "Service Desk Technician"],
  },
];

export const OFFICES = [
  {
    city: "Portland",
    state: "OR",
    countryCode: "US",
    timezone: "America/Los_Angeles",
    ip: "192.0.2",
    country: "United States",
    lat: 45.52,
    lon: -122.68,
  },
  {
    city: "Stuttgart",
    state: "BW",
    countryCode: "DE",
    timezone: "Europe/Berlin",
    ip: "198.51.100",
    country: "Germany",
    lat: 48.78,
    lon: 9.18,
  },
  {
    city: "Lyon",
    state: "ARA",
    countryCode: "FR",
    timezone: "Europe/Paris",
    ip: "198.51.100",
    country: "France",
    lat: 45.76,
    lon: 4.84,
  },
  {
    city: "Monterrey",
    state: "NLE",
    countryCode: "MX",
    timezone: "America/Monterrey",
    ip: "203.0.113",
    country: "Mexico",
    lat: 25.69,
    lon: -100.32,
  },
  {
    city: "Osaka",
    state: "27",
    countryCode: "JP",
    timezone: "Asia/Tokyo",
    ip: "203.0.113",
    country: "Japan",
    lat: 34.69,
    lon: 135.5,
  },
] as const;

/** The groups besides Everyone, the imported one and one for each department. */
export const PROJECT_GROUPS: readonly { name: string; description: string; share: number; rule?: string }[] = [
  { name: "Project Atlas", description: "Warehouse robot, second generation", share: 0.12 },
  { name: "Project Borealis", description: "Cold-storage picker", share: 0.08 },
  { name: "Project Cobalt", description: "Battery and charging", share: 0.06 },
  { name: "Project Dandelion", description: "Open-source motion library", share: 0.05 },
  { name: "Managers", description: "Everybody whom somebody reports to", share: 0 },
  { name: "Contractors", description: "Filled by a rule on userType", share: 0, rule: "userType is Contractor" },
  { name: "VPN Users", description: "Remote access to the plant network", share: 0.3 },
  { name: "Robot Fleet Operators", description: "May drive robots in the field", share: 0.1 },
  { name: "On-call", description: "Paged at night", share: 0.05 },
  { name: "Safety Certified", description: "May enter the test cage", share: 0.15 },
  { name: "Okta Administrators", description: "People who administer this org", share: 0 },
  { name: "Break Glass", description: "Emergency access; reviewed each quarter", share: 0 },
  { name: "Pilot: Passkeys", description: "Sign-in without a password", share: 0.08 },
];
