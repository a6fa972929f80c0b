import { parentPort } from "node:worker_threads";
import { startFrontDoor } from "./front-door";
import { serveFrontDoor } from "./thread-service";

if (parentPort !== null) {
    serveFrontDoor(parentPort, startFrontDoor);
}
