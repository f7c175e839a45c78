import 'reflect-metadata';

// the cheapest bcrypt there is, except where cost is the subject
process.env['BCRYPT_COST'] ??= '4';
process.env['NODE_ENV'] = 'test';
process.env['TZ'] = 'UTC';
