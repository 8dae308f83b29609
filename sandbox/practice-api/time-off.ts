import { daysOf, isWorkday } from "./dates.js";
import { Problem } from "./problem.js";
import type { TIME_OFF_KINDS } from "./schemas.js";

/** The vacation of a year, in working days. */
const VACATION_DAYS = 25;
/** The number of the first request. */
const FIRST_NUMBER = 1001;

/** A wish for time off. */
export interface NewTimeOffRequest {
  kind: (typeof TIME_OFF_KINDS)[number];
  start_date: string;
  end_date: string;
  note?: string | null;
}

/** Such a wish as the API keeps it. */
export interface TimeOffRequest extends NewTimeOffRequest {
  request_id: string;
  gpid: string;
  status: "pending" | "approved";
  note: string | null;
  days: number;
  requested_at: string;
}

/** The requests for time off of everybody. */
export interface TimeOffBook {
  of(gpid: string): { gpid: string; vacation_days_left: number; requests: TimeOffRequest[] };
  /** @throws Problem 404 */
  get(gpid: string, requestId: string): TimeOffRequest;
  /** @throws Problem 409 where the person is off on one of the days already, or has not so many days left */
  add(gpid: string, wish: NewTimeOffRequest): TimeOffRequest;
  /** @throws Problem 404 */
  remove(gpid: string, requestId: string): void;
}

/** An empty book. @param now epoch milliseconds */
export function createTimeOffBook(now: () => number): TimeOffBook {
  const requests = new Map<string, TimeOffRequest>();
  let number = FIRST_NUMBER;

  const own = (gpid: string) => [...requests.values()].filter((request) => request.gpid === gpid);
  const left = (gpid: string) =>
    VACATION_DAYS - own(gpid).reduce((sum, { kind, days }) => sum + (kind === "vacation" ? days : 0), 0);

  function get(gpid: string, requestId: string): TimeOffRequest {
    const found = requests.get(requestId);
    if (found?.gpid !== gpid) throw new Problem(404, "There is no such request for time off");
    return found;
  }

  return {
    of: (gpid) => ({ gpid, vacation_days_left: left(gpid), requests: own(gpid) }),
    get,
    add(gpid, { kind, start_date, end_date, note = null }) {
      const clash = own(gpid).find((other) => start_date <= other.end_date && other.start_date <= end_date);
      if (clash !== undefined) throw new Problem(409, `These days overlap with the request ${clash.request_id}`);
      const days = daysOf(start_date, end_date).filter(isWorkday).length;
      if (kind === "vacation" && days > left(gpid)) {
        throw new Problem(409, `Not enough vacation: ${days} days asked for, ${left(gpid)} left`);
      }
      const request: TimeOffRequest = {
        request_id: `TO-${number}`,
        gpid,
        status: "pending",
        kind,
        start_date,
        end_date,
        note,
        days,
        requested_at: new Date(now()).toISOString(),
      };
      number += 1;
      requests.set(request.request_id, request);
      return request;
    },
    remove: (gpid, requestId) => void requests.delete(get(gpid, requestId).request_id),
  };
}
