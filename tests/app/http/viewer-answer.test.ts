import assert from "node:assert/strict";
import { fitToViewer } from "../../../app/http/viewer-answer";
import { proxyEvent } from "../../support/proxy-event";

const nowMilliseconds = Date.UTC(2026, 10, 23, 9, 30, 0, 900);

function headersFor(
    call: { readonly method?: string; readonly viewerCell?: string; readonly header?: string },
    statusCode = 200,
    headers: Readonly<Record<string, string>> = { "Cache-Control": "public, max-age=5" },
) {
    const { method = "GET", viewerCell, header = "x-viewer-cell" } = call;
    const event = proxyEvent({
        method,
        path: "/products",
        headers: viewerCell === undefined ? {} : { [header]: viewerCell },
    });
    const result = { statusCode, headers, body: "" };
    return fitToViewer(result, { event, cell: "us", nowMilliseconds }).headers ?? {};
}

describe("an answer to a viewer", () => {
    for (const [method, status] of [
        ["POST", 200],
        ["POST", 201],
        ["PUT", 200],
        ["PATCH", 200],
        ["DELETE", 204],
    ] as const) {
        it(`names the cell and the second of a write: ${method} ${status}`, () => {
            assert.equal(
                headersFor({ method }, status)["Set-Cookie"],
                `shop_wrote=us.${Date.UTC(2026, 10, 23, 9, 30) / 1_000}; Max-Age=30; Path=/; ` +
                    "Secure; HttpOnly; SameSite=None",
            );
        });
    }

    for (const [method, status] of [
        ["GET", 200],
        ["HEAD", 200],
        ["OPTIONS", 204],
        ["POST", 304],
        ["POST", 409],
        ["POST", 503],
    ] as const) {
        it(`leaves no cookie where nothing was written: ${method} ${status}`, () => {
            assert.equal(headersFor({ method }, status)["Set-Cookie"], undefined);
        });
    }

    it("keeps the cookie of the cell that has written", () => {
        const home = { "Set-Cookie": "shop_wrote=eu.1; Max-Age=30" };
        assert.equal(headersFor({ method: "POST" }, 200, home)["Set-Cookie"], home["Set-Cookie"]);
    });

    for (const [viewerCell, expected] of [
        [undefined, "public, max-age=5"],
        ["us", "public, max-age=5"],
        ["eu", "no-store"],
        ["mars", "no-store"],
    ] as const) {
        it(`may be kept as the route says, unless meant for another cell: ${viewerCell}`, () => {
            const viewer = viewerCell === undefined ? {} : { viewerCell };
            assert.equal(headersFor(viewer)["Cache-Control"], expected);
        });
    }

    it("knows the viewer's cell however the header is written", () => {
        const viewer = { viewerCell: "eu", header: "X-Viewer-Cell" };
        assert.equal(headersFor(viewer)["Cache-Control"], "no-store");
    });
});
